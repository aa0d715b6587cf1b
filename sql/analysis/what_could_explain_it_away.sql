-- How strong would something that nobody recorded have to be, to explain the difference away?
-- e_value: it would have to make both the answers and the win that many times as likely. Near 1, little would do.
select
    round(difference, 3) as difference,
    round(low, 3) as low,
    round(high, 3) as high,
    round(risk_ratio, 2) as risk_ratio,
    round(e_value, 2) as e_value,
    round(e_value_of_limit, 2) as e_value_of_limit,
    round(always_valid_low, 3) as always_valid_low,
    round(always_valid_high, 3) as always_valid_high
from metrics.robustness();
