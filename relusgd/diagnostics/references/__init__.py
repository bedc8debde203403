"""What a learned function is held against: functions, least values and closed forms, each computed
from the points or the initial network alone, without any training."""
