"""One script a client. Each runs in an environment that holds nothing but its client."""
