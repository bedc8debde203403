// The page of the lab begins.

const lab = new Lab(told);
