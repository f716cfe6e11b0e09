"""The hospital billing system: settings, addresses and what every app shares."""
