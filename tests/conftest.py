"""Hypothesis profiles: the same examples in every run, and no failure that depends on the clock.

`pytest --hypothesis-profile thorough` tries more of them.
"""

import signal

from hypothesis import HealthCheck, settings

settings.register_profile(
    "certimin",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("certimin"), max_examples=1000)
settings.load_profile("certimin")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background, as of nohup
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which the processes of tests inherit
