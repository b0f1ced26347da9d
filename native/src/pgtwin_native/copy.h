/* What the parts that write COPY data share. */
#ifndef PGTWIN_NATIVE_COPY_H
#define PGTWIN_NATIVE_COPY_H

#include "core.h"

/* Bytes that grow. */
typedef struct {
    char *data;
    size_t used;
    size_t size;
} Buffer;

/* copy_values.c */
int append(Buffer *buffer, const char *data, size_t length);
/* Add a value of the type that its code is for. Return 1 if it was added, 0 if it is
 * not plain, -1 with an exception. No Python code runs meanwhile. */
int add_text_value(Buffer *buffer, const Makers *makers, Code code, PyObject *value);
int add_binary_value(Buffer *buffer, const Makers *makers, Code code, PyObject *value);
/* Add what a dumper makes of a value. Return 0 if that is NULL, or too long. */
int add_dumped(Buffer *buffer, PyObject *dump, PyObject *value, int is_binary);

#endif
