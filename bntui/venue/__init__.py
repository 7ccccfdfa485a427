"""What an exchange says, as data and pure functions: limits, addresses, stream names, payloads, requests."""
