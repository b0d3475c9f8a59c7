"""Every action with a screen of its own, by the name in its address."""

from huiyin.web.desk import (
    dispute_forms,
    extension_forms,
    family_forms,
    forms,
    hold_forms,
    joint_forms,
    supervision_forms,
)

FORMS: dict[str, type[forms.ActionForm]] = forms.FORMS | {
    form.action.value: form
    for form in (
        *extension_forms.FORMS,
        *dispute_forms.FORMS,
        *family_forms.FORMS,
        *joint_forms.FORMS,
        *hold_forms.FORMS,
        *supervision_forms.FORMS,
    )
}
