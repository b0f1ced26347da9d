/* Arrays from bytes, as lists of lists.
 *
 * What load_values.c says of its functions holds here, too. An array is plain if all its
 * elements are, and lengths, dimensions and brackets add up to its very end. As psycopg's loaders do, these ignore
 * where the indexes of a dimension begin.
 */
#include "core.h"

enum { MOST_DIMENSIONS = 6 }; /* of the server's arrays */

/* What is left to read of an array. */
typedef struct {
    const Makers *makers;
    const Column *element;
    const char *data, *end;
    char *unescaped; /* room for an element, made when one is needed */
} Reader;

static PyObject *load_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

/* ---------------------------------------------------------------- binary */

/* Load the elements of the innermost dimension, each of which follows its length. */
static int load_elements(Reader *reader, PyObject *list, uint32_t count)
{
    const char *data = reader->data, *end = reader->end;
    for (uint32_t i = 0; i < count; i++) {
        if (end - data < 4)
            return -1;
        int32_t length = (int32_t)read32(data);
        data += 4;
        PyObject *item;
        if (length == -1)
            item = load_none();
        else {
            if (length < 0 || length > end - data)
                return -1;
            item = load_plain(reader->makers, reader->element, data, length);
            data += length;
        }
        if (item == NULL || PyList_SetItem(list, (Py_ssize_t)i, item) < 0)
            return -1;
    }
    reader->data = data;
    return 0;
}

static PyObject *load_dimension(Reader *reader, const char *sizes, int dimensions);

static int load_lists(Reader *reader, PyObject *list, uint32_t count, const char *sizes,
                      int dimensions)
{
    for (uint32_t i = 0; i < count; i++) {
        PyObject *item = load_dimension(reader, sizes, dimensions);
        if (item == NULL || PyList_SetItem(list, (Py_ssize_t)i, item) < 0)
            return -1;
    }
    return 0;
}

/* Load the list of a dimension, whose size stands in the header. */
static PyObject *load_dimension(Reader *reader, const char *sizes, int dimensions)
{
    uint32_t count = read32(sizes);
    /* Each element has a length of four bytes. */
    if (count == 0 || count > (reader->end - reader->data) / 4)
        return NULL;
    PyObject *list = PyList_New((Py_ssize_t)count);
    if (list != NULL
        && (dimensions == 1 ? load_elements(reader, list, count)
                            : load_lists(reader, list, count, sizes + 8, dimensions - 1))
            < 0)
        Py_CLEAR(list);
    return list;
}

/* Read a header (dimensions, whether there are NULLs, the type of the elements), size and
 * first index of each dimension, and the elements, each after its length. */
PyObject *load_array(
    const Makers *makers, const Column *column, const char *data, int length)
{
    if (length < 12 || read32(data + 8) != column->element->oid)
        return NULL;
    uint32_t dimensions = read32(data);
    if (dimensions == 0)
        return length == 12 ? PyList_New(0) : NULL;
    if (dimensions > MOST_DIMENSIONS || (uint32_t)length < 12 + 8 * dimensions)
        return NULL;
    Reader reader = {
        makers, column->element, data + 12 + 8 * dimensions, data + length, NULL};
    PyObject *list = load_dimension(&reader, data + 12, (int)dimensions);
    if (list != NULL && reader.data != reader.end)
        Py_CLEAR(list);
    return list;
}

/* ---------------------------------------------------------------- text */

/* Bytes that end an element without quotes, or need quotes in one. */
static const char is_special[256] = {
    [','] = 1, ['{'] = 1, ['}'] = 1,  ['"'] = 1,  ['\\'] = 1, [' '] = 1,
    ['\t'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, ['\r'] = 1};

static PyObject *load_unquoted(Reader *reader)
{
    const char *data = reader->data;
    while (reader->data < reader->end && !is_special[(unsigned char)*reader->data])
        reader->data++;
    int length = (int)(reader->data - data);
    if (length == 0)
        return NULL;
    if (length == 4 && memcmp(data, "NULL", 4) == 0)
        return load_none();
    return load_plain(reader->makers, reader->element, data, length);
}

static PyObject *load_unescaped(Reader *reader, const char *data, const char *end)
{
    if (reader->unescaped == NULL)
        reader->unescaped = PyMem_Malloc((size_t)(reader->end - data));
    if (reader->unescaped == NULL)
        return PyErr_NoMemory();
    char *next = reader->unescaped;
    while (data < end) {
        data += *data == '\\';
        *next++ = *data++;
    }
    *next = '\0';
    return load_plain(
        reader->makers, reader->element, reader->unescaped, (int)(next - reader->unescaped));
}

static PyObject *load_quoted(Reader *reader)
{
    const char *data = ++reader->data, *end = data;
    int is_escaped = 0;
    while (end < reader->end && *end != '"') {
        is_escaped |= *end == '\\';
        end += 1 + (*end == '\\');
    }
    if (end >= reader->end)
        return NULL;
    reader->data = end + 1;
    if (is_escaped)
        return load_unescaped(reader, data, end);
    return load_plain(reader->makers, reader->element, data, (int)(end - data));
}

/* Load elements, or lists of them, between brackets. */
static PyObject *load_brackets(Reader *reader, int depth)
{
    if (depth > MOST_DIMENSIONS)
        return NULL;
    PyObject *list = PyList_New(0);
    char byte = ',';
    while (list != NULL && byte == ',') {
        PyObject *item = NULL;
        if (++reader->data < reader->end)
            item = *reader->data == '"' ? load_quoted(reader)
                : *reader->data == '{'  ? load_brackets(reader, depth + 1)
                                        : load_unquoted(reader);
        byte = item != NULL && reader->data < reader->end ? *reader->data : '\0';
        if ((byte != ',' && byte != '}') || PyList_Append(list, item) < 0)
            Py_CLEAR(list);
        Py_XDECREF(item);
    }
    if (list != NULL)
        reader->data++; /* the bracket */
    return list;
}

PyObject *load_array_text(
    const Makers *makers, const Column *column, const char *data, int length)
{
    const char *end = data + length;
    if (length > 0 && *data == '[') { /* [1:2][0:1]={{...}} */
        data = memchr(data, '=', (size_t)length);
        if (data == NULL)
            return NULL;
        data++;
    }
    if (end - data < 2 || *data != '{')
        return NULL;
    if (data[1] == '}')
        return end - data == 2 ? PyList_New(0) : NULL;
    Reader reader = {makers, column->element, data, end, NULL};
    PyObject *list = load_brackets(&reader, 1);
    PyMem_Free(reader.unescaped);
    if (list != NULL && reader.data != end)
        Py_CLEAR(list);
    return list;
}
