"""Filters that write amounts and times as the installation's locale does."""

from django import template

from hospital.core.locale_formats import local_amount, local_moment, local_money

register = template.Library()
register.filter("local_amount", local_amount)
register.filter("local_moment", local_moment)
register.filter("local_money", local_money)
