-- What an API asks of accounts: the permissions that its resource server declares. Companies bundle them into roles.
create table resource_permission (
  identifier text not null references resource (identifier),
  permission text not null,
  description text not null,
  primary key (identifier, permission)
);
