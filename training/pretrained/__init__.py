"""Conversion of pretrained models from package registries, where the hub cannot be reached."""
