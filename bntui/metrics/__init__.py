"""`bntui serve-metrics`: what the running engine sees, for Prometheus."""
