"""What may be searched, and what it costs: architectures and the spaces they come from."""

import lazy_loader

# Names are found when they are first used, so that `sizewise --help` pays for none of them.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
