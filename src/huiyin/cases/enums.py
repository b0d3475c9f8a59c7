from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("Received")
    ASSIGNED = "assigned", _("Sent to a unit")
    ACCEPTED = "accepted", _("Signed for")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_PERSON = "awaiting_person", _("Waiting for your reply")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Handled together with another case")


OPEN_STATES = (State.RECEIVED, State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS, State.AWAITING_PERSON)


class Outcome(models.TextChoices):
    SOLVED = "solved", _("Solved")
    PARTLY = "partly", _("Partly solved")
    EXPLAINED = "explained", _("Explained")
    CANNOT = "cannot", _("Cannot be solved")
    REFERRED = "referred", _("Referred elsewhere")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DUPLICATE = "duplicate", _("Already known")


# What an officer may choose for an answer; the others follow from actions of their own.
ANSWER_OUTCOMES = (Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.CANNOT, Outcome.REFERRED)


class Action(models.TextChoices):
    """Everything that can happen to a case; timeline rows and audit records carry this name."""

    FILE = "file", _("File")
    ASSIGN = "assign", _("Send to a unit")
    TAKE = "take", _("Give to an officer")
    SIGN_FOR = "sign_for", _("Sign for")
    START = "start", _("Start work")
    CONTACT = "contact", _("Record a contact with the person")
    NOTE = "note", _("Write a note")
    INFORM = "inform", _("Write to the person")
    ASK = "ask", _("Ask the person")
    PERSON_WRITES = "person_writes", _("Write to the office")
    RESUME = "resume", _("Continue after a question")
    ANSWER = "answer", _("Answer")
    NOT_ACCEPT = "not_accept", _("Decline")
    WITHDRAW = "withdraw", _("Withdraw")
    CALL_BACK = "call_back", _("Call the person back")
    RATE = "rate", _("Give the verdict")
    CLOSE = "close", _("Close after silence")
    REOPEN = "reopen", _("Reopen")
    CLASSIFY = "classify", _("Change service or kind")
    PUBLISH = "publish", _("Publish")
    UNPUBLISH = "unpublish", _("Take back from publication")
    ADD_FILE = "add_file", _("Add a file")
    ASK_EXTENSION = "ask_extension", _("Ask for an extension")
    GRANT_EXTENSION = "grant_extension", _("Grant the extension")
    REFUSE_EXTENSION = "refuse_extension", _("Refuse the extension")
    RETURN = "return", _("Return it as not ours")
    TO_ARBITER = "to_arbiter", _("Put it before the arbiter")
    ARBITRATE = "arbitrate", _("Decide who is responsible")
    MERGE = "merge", _("Merge into another case")
    GATHER = "gather", _("Merge other cases into it")
    UNMERGE = "unmerge", _("Undo the merger")
    SEPARATE = "separate", _("Let a merged case go")
    MERGED_WRITES = "merged_writes", _("Hear from the person of a merged case")
    SPLIT = "split", _("Split off a part")
    LINK = "link", _("Link with another case")
    UNLINK = "unlink", _("Undo a link")
    ADD_TASK = "add_task", _("Ask another unit for a contribution")
    CONTRIBUTE = "contribute", _("Contribute")
    CANCEL_TASK = "cancel_task", _("Ask a unit no longer")
    SUMMON = "summon", _("Call units to a place")
    ARRIVE = "arrive", _("Record an arrival")
    URGE = "urge", _("Urge the unit")
    ESCALATE = "escalate", _("Put it before the supervisors")
    TAKE_OVER = "take_over", _("Give it to another unit at once")
    REDO = "redo", _("Order a redo")
    NAME_UNIT = "name_unit", _("Say which unit is complained about")
    MAKE_CONFIDENTIAL = "make_confidential", _("Make it confidential")
    END_CONFIDENTIAL = "end_confidential", _("Make it no longer confidential")
    DECLARE_CONFLICT = "declare_conflict", _("Declare a conflict of interest")
    HOLD = "hold", _("Put it under a legal hold")
    LIFT_HOLD = "lift_hold", _("Lift the legal hold")
    END_HOLD = "end_hold", _("Let the legal hold end")
    WARN = "warn", _("Warn of a deadline")
    ANONYMISE = "anonymise", _("Anonymise")


# What everybody may know of a published case: that it went on, never what was said.
PUBLIC_ACTIONS = (
    Action.ASSIGN,
    Action.SIGN_FOR,
    Action.START,
    Action.ANSWER,
    Action.NOT_ACCEPT,
    Action.WITHDRAW,
    Action.CLOSE,
    Action.REOPEN,
)


class Party(models.TextChoices):
    """Who acts: the table of moves names these, not users."""

    PERSON = "person", _("the person")
    DESK = "desk", _("the desk")
    DISPATCHER = "dispatcher", _("a dispatcher")
    UNIT = "unit", _("the responsible unit")
    UNIT_HEAD = "unit_head", _("the head of the responsible unit")
    SUPERVISOR = "supervisor", _("a supervisor")
    ARBITER = "arbiter", _("an arbiter")
    SUPPORT = "support", _("another unit that takes part")
    SYSTEM = "system", _("the system")


class Anonymity(models.TextChoices):
    """Who may know my name."""

    OFFICE = "office", _("The office that works on it")
    DISPATCHER = "dispatcher", _("Only the dispatcher")
    NOBODY = "nobody", _("Nobody: I give no name")


class ReplyKind(models.TextChoices):
    ANSWER = "answer", _("Answer")
    QUESTION = "question", _("Question")
    INFORMATION = "information", _("Message")


class NotAcceptedReason(models.TextChoices):
    OTHER_AUTHORITY = "other_authority", _("Another authority decides on this")
    COURT = "court", _("A court or an arbitration decides on this")
    IN_PROCEDURE = "in_procedure", _("A formal procedure on the same matter is under way")
    UNCLEAR = "unclear", _("What is meant could not be understood, and there is no way to ask")
    PRIVATE = "private", _("It is a private matter without a public task")


class ExtensionReason(models.TextChoices):
    """Why more time is needed; everybody may read it."""

    ON_SITE = "on_site", _("The place has to be inspected or surveyed")
    MATERIAL = "material", _("Material or a spare part has to come first")
    SEVERAL_UNITS = "several_units", _("Several units have to work one after the other")
    WEATHER = "weather", _("The weather does not allow the work")
    EXPERT = "expert", _("An expert opinion or a test is under way")
    WORKS = "works", _("The works take longer than usual")


class ExtensionState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    LAPSED = "lapsed", _("Overtaken by the end of the case")


class Level(models.IntegerChoices):
    """How far the warnings about one deadline have come."""

    NONE = 0, _("no warning")
    SOON = 1, _("three quarters of the time are used")
    OVERDUE = 2, _("the deadline has passed")
    HEAD = 3, _("overdue, the head of the unit was told")
    SUPERVISOR = 4, _("overdue, the supervisors were told")


class Method(models.TextChoices):
    """How a unit's new cases find their officer by themselves."""

    LOAD = "load", _("To whoever has the fewest open cases")
    ROTATION = "rotation", _("To one after the other, in turn")


class ReturnReason(models.TextChoices):
    """Why a unit says that a case is not its own."""

    OTHER_UNIT = "other_unit", _("Another unit is responsible for this matter")
    OTHER_AREA = "other_area", _("It lies outside our area")
    NO_POWER = "no_power", _("We have no power to act here")
    UNCLEAR = "unclear", _("It cannot be told what or where it is")


class ReturnEnd(models.TextChoices):
    SENT = "sent", _("Sent on by the dispatcher")
    RULED = "ruled", _("Decided by the arbiter")
    ACCEPTED = "accepted", _("Accepted by the unit after all")
    OVERTAKEN = "overtaken", _("Overtaken by the end of the case")


class MergeEnd(models.TextChoices):
    UNDONE = "undone", _("Undone")
    ANSWERED = "answered", _("Answered together")
    DECLINED = "declined", _("Declined together")
    WITHDRAWN = "withdrawn", _("Withdrawn by the person")


class HoldEnd(models.TextChoices):
    """How a legal hold came to its end."""

    OVER = "over", _("Its day came")
    LIFTED = "lifted", _("Lifted")
    RENEWED = "renewed", _("Replaced by a new one")
