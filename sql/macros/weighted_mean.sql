-- Mean of a list of numbers with a list of weights; null where the lists are empty.
create or replace macro macros.weighted_mean(numbers, weights) as
    list_sum(list_transform(list_zip(numbers, weights), lambda each: each[1] * each[2])) / list_sum(weights);
