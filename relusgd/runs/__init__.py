"""Run folders: where training leaves its record and drawing finds it."""
