"""Pure drawing: functions from a picture, a size and a look to rows of segments. Nothing here knows an app."""
