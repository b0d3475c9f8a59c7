from django.db import models
from django.utils.translation import gettext_lazy as _


class SettingKey(models.TextChoices):
    """Settings that an administrator may change; the default of each stands in `logic.DEFAULTS`."""

    SIGN_FOR_LIMIT = "sign_for_limit", _("Sign for a case within")
    FIRST_CONTACT_LIMIT = "first_contact_limit", _("Contact the person within")
    EMERGENCY_LIMIT = "emergency_limit", _("Answer an emergency within")
    UTILITIES_LIMIT = "utilities_limit", _("Answer about water, power, gas, heating and lifts within")
    ORDINARY_LIMIT = "ordinary_limit", _("Answer an ordinary case within")
    COMPLEX_LIMIT = "complex_limit", _("Answer a complex case within")
    CALLBACK_LIMIT = "callback_limit", _("Call the person back after an answer within")
    CALLBACK_ATTEMPTS = "callback_attempts", _("A person counts as not reached after so many attempts")
    CALLBACK_WAIT_HOURS = "callback_wait_hours", _("Hours between two attempts to call somebody back")
    SAMPLED_ANSWERS = "sampled_answers", _("Answers of each unit that are read again each week")
    SILENT_DAYS = "silent_days", _("A case counts as silent after so many days without a step")
    RETURN_LIMIT = "return_limit", _("A unit may return a case within")
    DISPATCH_LIMIT = "dispatch_limit", _("Decide on a returned case within")
    RETURNS_TO_ARBITER = (
        "returns_to_arbiter",
        _("A case that was returned so many times goes to the arbiter"),
    )
    TELL_HEAD_AFTER = "tell_head_after", _("Tell the head of the unit when a case is overdue by")
    TELL_SUPERVISOR_AFTER = "tell_supervisor_after", _("Tell the supervisors when a case is overdue by")
    EXTENSION_WORKING_DAYS = (
        "extension_working_days",
        _("An answer can be put off by at most so many working days"),
    )
    QUIET_FROM_HOUR = "quiet_from_hour", _("No notices from this hour in the evening")
    QUIET_UNTIL_HOUR = "quiet_until_hour", _("No notices before this hour in the morning")
    DIGEST_HOUR = "digest_hour", _("Hour of the day for those who want one message a day")
    CLOSE_AFTER_SILENCE_DAYS = (
        "close_after_silence_days",
        _("Close an answered case after so many days of silence"),
    )
    REOPEN_DAYS = "reopen_days", _("A closed case can be reopened for so many days")
    PAUSE_WORKING_DAYS = (
        "pause_working_days",
        _("A question to the person stops the clock for at most (working days)"),
    )
    WARNING_PERCENT = "warning_percent", _("Warn when so much of the time is used (percent)")
    ANONYMISE_AFTER_DAYS = "anonymise_after_days", _("Anonymise closed cases after so many days")
    DELETE_WITHDRAWN_AFTER_DAYS = (
        "delete_withdrawn_after_days",
        _("Delete withdrawn cases after so many days"),
    )
    DELETE_AFTER_DAYS = "delete_after_days", _("Delete cases after so many days")
    CASES_PER_ADDRESS_HOUR = "cases_per_address_hour", _("Cases from one internet address in an hour")
    MESSAGES_PER_CASE_DAY = "messages_per_case_day", _("Messages of a person in one case in a day")
    TEXT_MAX_CHARACTERS = "text_max_characters", _("Longest text of a case (characters)")
    CONSULTATION_DAYS = "consultation_days", _("Consultations are open for at least (days)")
    STATEMENT_CHARACTERS = "statement_characters", _("Longest statement in a consultation (characters)")
    STATEMENTS_PER_ADDRESS_HOUR = (
        "statements_per_address_hour",
        _("Statements from one internet address in an hour"),
    )
    VOTES_PER_ADDRESS_HOUR = "votes_per_address_hour", _("Votes from one internet address in an hour")
    MIN_COUNT_SHOWN = "min_count_shown", _("Smallest count for which a rate is shown")


class SettingProblem(models.TextChoices):
    """Why a setting cannot have a value."""

    LIMIT = (
        "limit",
        _("Write a number, its unit and what is counted, such as 2h clock, 30min clock or 7d working."),
    )
    WHOLE = "whole", _("Write a whole number.")
    BOUNDS = "bounds", _("Write a whole number within the bounds.")
