"""Publish: what is told, checked and emitted, put together into files that people pass on."""
