"""Results for people and programs: tables, charts, pages."""
