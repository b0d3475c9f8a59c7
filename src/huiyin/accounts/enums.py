"""Roles and permissions. What a role may do stands in `logic.GRANTS`, in one table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OPERATOR = "operator", _("Desk operator")
    DISPATCHER = "dispatcher", _("Dispatcher")
    OFFICER = "officer", _("Case officer")
    UNIT_HEAD = "unit_head", _("Unit head")
    SUPERVISOR = "supervisor", _("Supervisor")
    ARBITER = "arbiter", _("Arbiter")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class Scope(models.TextChoices):
    """What a program may do with its key. The last two act with the program's role, as a member of staff would."""

    FILE_CASES = "file_cases", _("File cases")
    READ_PUBLISHED = "read_published", _("Read what is published")
    READ_CASES = "read_cases", _("Read the cases that its role may open")
    WORK_ON_CASES = "work_on_cases", _("Work on cases as its role may")


class Permission(models.TextChoices):
    """One thing that can be done. `_UNIT` permissions hold for the units of the membership, the others everywhere."""

    FILE_CASE = "file_case", _("File a case for a caller")
    SEE_ALL_CASES = "see_all_cases", _("See the cases of every unit")
    SEE_UNIT_CASES = "see_unit_cases", _("See the cases of the own unit")
    DISPATCH = "dispatch", _("Send a case to any unit")
    ASSIGN_UNIT = "assign_unit", _("Assign cases of the own unit to its officers")
    WORK_UNIT = "work_unit", _("Sign for, note, ask and reply in cases of the own unit")
    ANSWER_AT_DESK = "answer_at_desk", _("Answer at once at the desk")
    CALL_BACK = "call_back", _("Call people back for their verdict, except about cases of the own unit")
    ASK_EXCLUSION = (
        "ask_exclusion",
        _("Ask that a verdict be left out of the figures, with the reason"),
    )
    APPROVE_EXCLUSION = (
        "approve_exclusion",
        _("Approve what somebody else asked to be left out of the figures, except in cases of the own unit"),
    )
    REVIEW_ANSWERS = (
        "review_answers",
        _("Read a sample of answers again, except those of the own unit"),
    )
    ANSWER_UNIT = "answer_unit", _("Give the answer in cases of the own unit")
    PUBLISH_UNIT = "publish_unit", _("Decide what is published of cases of the own unit")
    NOT_ACCEPT = "not_accept", _("Decline a case, with the reason and where the person can go")
    REVEAL_CONTACT = (
        "reveal_contact",
        _("Reveal contact data for a stated purpose; recorded and shown to the person"),
    )
    SEE_CONFIDENTIAL = "see_confidential", _("Know who stands behind a confidential case")
    ARBITRATE = "arbitrate", _("Decide which unit is responsible when units disagree")
    SUPERVISE = "supervise", _("Decide on extensions and step in where a unit does not act")
    SHARE_FILTERS = "share_filters", _("Share saved filters with the own unit")
    EXPORT_CASES = "export_cases", _("Export cases without contact data")
    EXPORT_CONTACTS = "export_contacts", _("Export cases with contact data; recorded")
    IMPORT_CASES = "import_cases", _("Import cases from files")
    SEE_FIGURES = "see_figures", _("See the figures of all units, published or not")
    CONSULT_UNIT = "consult_unit", _("Hold consultations of the own unit")
    CONSULT_ALL = "consult_all", _("Hold consultations of every unit, and import and export them")
    MODERATE_UNIT = "moderate_unit", _("Decide which statements are shown in consultations of the own unit")
    ENTER_PAPERS = "enter_papers", _("Enter what people said on paper or by phone in a consultation")
    MANAGE_CATALOGUE = "manage_catalogue", _("Change services, questions, limits and reply templates")
    MANAGE_ORGANISATION = "manage_organisation", _("Change units, teams, calendars and channels")
    MANAGE_USERS = "manage_users", _("Create users and give roles")
    MANAGE_SETTINGS = "manage_settings", _("Change settings and see the health of the installation")
    SEE_AUDIT = "see_audit", _("Look things up in the audit trail")
