-- Upper limit of a - b from the limits of each (method of variance estimates recovery); for two Wilson intervals this is Newcombe's
-- hybrid score interval. Units are those of a and b.
-- Source: Newcombe (1998), Stat. Med. 17, 873-890, method 10; Donner and Zou (2012), Stat. Methods Med. Res. 21, 347-359.
create or replace macro macros.mover_high(a, a_high, b, b_low) as a - b + sqrt(pow(a_high - a, 2) + pow(b - b_low, 2));
