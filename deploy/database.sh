#!/bin/sh
# Run once by the database image on an empty volume: roles, database, extensions. The passwords are quoted by psql.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=owner_password="$WALL_OWNER_PASSWORD" --set=app_password="$WALL_APP_PASSWORD" <<'SQL'
CREATE ROLE wall_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
CREATE ROLE wall_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE wall OWNER wall_owner;
SQL
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=wall --file=/wall/prepare.sql
