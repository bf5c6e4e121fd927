"""Scores of many reviewers on few common applications: severity, scale and worth estimated together, with uncertainty.

    from ketuan.matching.calibrating.calibration import calibrate

The model, for the score of reviewer j on application i (`fitting`):

    y_ij = α_j + s_j·θ_i + ε_ij,   θ_i ~ N(0, τ²),  α_j ~ N(μ, σ_a²),  s_j ~ N(1, σ_s²),  ε_ij ~ t_ν(0, σ²)

`reviews` holds the scores as arrays, `exact` and `drawn` solve the linear part for its means and covariances, `fitting`
turns the variances and scales until they stand still, `chance` draws who is among the first K, `baselines` are the raw
mean and the mean of z-scores, `calibration` puts it together. This package imports none of its modules.
"""
