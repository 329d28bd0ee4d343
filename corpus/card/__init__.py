"""What a version says about itself: dataset card, datasheet, Croissant."""
