/* What is looked at for each statement: the classes AdaptationState, SessionState,
 * KeptState and PreparedState, which have fields only. */
#include "engine.h"

#include <stddef.h>
#include <structmember.h>

#define CLASS AdaptationState
#define FIELDS ADAPTATION_FIELDS
#define SPEC adaptation_state_spec
#define PYTHON_NAME "pgtwin_native.AdaptationState"
#define DOC "By what a session adapts values."
#include "state_fields.h"

#define CLASS SessionState
#define FIELDS SESSION_FIELDS
#define SPEC session_state_spec
#define PYTHON_NAME "pgtwin_native.SessionState"
#define DOC "What a session has for the statements that are executed in it."
#include "state_fields.h"

#define CLASS KeptState
#define FIELDS KEPT_FIELDS
#define SPEC kept_state_spec
#define PYTHON_NAME "pgtwin_native.KeptState"
#define DOC "Of one statement that was executed, or is prepared."
#include "state_fields.h"

#define CLASS PreparedState
#define FIELDS PREPARED_FIELDS
#define SPEC prepared_state_spec
#define PYTHON_NAME "pgtwin_native.PreparedState"
#define DOC "Of the statements that a server keeps prepared for a session."
#include "state_fields.h"

int is_session(const State *state, PyObject *session)
{
    return PyObject_TypeCheck(session, state->SessionStateType)
        && !is_none(((SessionState *)session)->adaptation)
        && PyObject_TypeCheck(
               ((SessionState *)session)->adaptation, state->AdaptationStateType);
}
