-- What a primary owed before it took over, so that an undo asks no more of it than it did then.
alter table consolidation add column primary_floor text;
