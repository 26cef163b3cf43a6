"""The float arrays of the simulated body and chips, which know nothing of dsp."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
