"""Tests of what is served to Prometheus."""
