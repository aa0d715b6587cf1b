-- Upper limit of a / b from the limits of each (method of variance estimates recovery), both above 0; null where b or its limit is 0.
-- Source: Donner and Zou (2012), Stat. Methods Med. Res. 21, 347-359, equation 9.
create or replace macro macros.mover_ratio_high(a, a_high, b, b_low) as
    (a * b + sqrt(pow(a * b, 2) - a_high * b_low * (2 * a - a_high) * (2 * b - b_low))) / nullif(b_low * (2 * b - b_low), 0);
