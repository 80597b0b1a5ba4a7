-- What a company calls the access of its account managers (design.md section 4, S4); its own word for "account manager".
alter table company add column manager_title text;
