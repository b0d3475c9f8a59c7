from django.db import migrations

FORWARD = """
CREATE FUNCTION consultations_vote_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'votes are only added: a new one counts instead of the last';
END $$;
CREATE TRIGGER consultations_vote_stays BEFORE UPDATE OR DELETE ON consultations_vote
    FOR EACH ROW EXECUTE FUNCTION consultations_vote_stays();
"""
BACK = """
DROP TRIGGER consultations_vote_stays ON consultations_vote;
DROP FUNCTION consultations_vote_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
