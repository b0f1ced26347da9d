/* The state of a session that is looked at for each statement: the class SessionState. */
#include "core.h"

#include <stddef.h>
#include <structmember.h>

static int session_traverse(SessionState *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
#define X(name) Py_VISIT(self->name);
    SESSION_FIELDS(X)
#undef X
    return 0;
}

static int session_clear(SessionState *self)
{
#define X(name) Py_CLEAR(self->name);
    SESSION_FIELDS(X)
#undef X
    return 0;
}

static void session_dealloc(SessionState *self)
{
    PyObject_GC_UnTrack(self);
    session_clear(self);
    free_object((PyObject *)self);
}

static PyMemberDef session_members[] = {
#define X(name) {#name, T_OBJECT_EX, offsetof(SessionState, name), 0, NULL},
    SESSION_FIELDS(X)
#undef X
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot session_slots[] = {
    {Py_tp_doc, "What a session has for the statements that are executed in it."},
    {Py_tp_traverse, session_traverse},
    {Py_tp_clear, session_clear},
    {Py_tp_dealloc, session_dealloc},
    {Py_tp_members, session_members},
    {0, NULL},
};
PyType_Spec session_state_spec = {
    "pgtwin_native.SessionState", sizeof(SessionState), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, session_slots};
