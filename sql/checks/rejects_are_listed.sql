-- As many rows are listed as rejected as the account of each file of a source's latest load says.
select loads.file, loads.rows_rejected, count(rejects.file) as listed
from marts.loads as loads
left join raw.rejects as rejects on rejects.file = loads.file and rejects.load_id = loads.load_id and rejects.level = 'row'
where loads.is_latest
group by loads.load_id, loads.file, loads.rows_rejected
having count(rejects.file) <> loads.rows_rejected
