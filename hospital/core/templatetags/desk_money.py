"""Filters that write amounts as they are typed and shown at the desk."""

from django import template

from hospital.core.money import plain_amount, with_currency

register = template.Library()
register.filter("amount", plain_amount)
register.filter("with_currency", with_currency)
