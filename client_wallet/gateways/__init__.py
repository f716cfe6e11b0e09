"""Payment gateways: what one must be able to do, and the one in the settings."""

from client_wallet.gateways.configured import configured_gateway
from client_wallet.gateways.interface import Gateway, GatewaySilent, Notice, Order, Started

__all__ = [
    "Gateway",
    "GatewaySilent",
    "Notice",
    "Order",
    "Started",
    "configured_gateway",
]
