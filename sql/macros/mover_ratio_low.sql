-- Lower limit of a / b from the limits of each (method of variance estimates recovery), both above 0; null where b or its limit is 0.
-- Source: Donner and Zou (2012), Stat. Methods Med. Res. 21, 347-359, equation 9.
create or replace macro macros.mover_ratio_low(a, a_low, b, b_high) as
    (a * b - sqrt(pow(a * b, 2) - a_low * b_high * (2 * a - a_low) * (2 * b - b_high))) / nullif(b_high * (2 * b - b_high), 0);
