"""Zones to article, related headlines and metadata."""
