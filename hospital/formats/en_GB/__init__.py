"""As the desk reads them in English, day before month."""
