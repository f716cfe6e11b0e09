"""What a receipt says, and the QR code that leads to its check."""
