/* Dates and moments from bytes, in the calendar that datetime has.
 *
 * What load_values.c says of its functions holds here, too. What the clocks of a zone
 * show comes from its intervals; where these do not say it, from the zone.
 */
#include "core.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
/* Days from 1970-01-01 to 2000-01-01, 0001-01-01 and 9999-12-31. */
#define DAYS_TO_2000 10957
#define FIRST_DAY (-719162)
#define LAST_DAY 2932896
/* From the first of March of a year before all others, a multiple of 400. */
#define DAYS_OF_ERA 146097
#define DAYS_TO_1970 (719468 + DAYS_OF_ERA)
#define YEARS_BEFORE 400

int64_t days_of(int year, int month, int day)
{
    int years = YEARS_BEFORE + year - (month <= 2);
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return years * 365 + years / 4 - years / 100 + years / 400 + of_year - DAYS_TO_1970;
}

/* The date of a number of days since 1970-01-01, FIRST_DAY to LAST_DAY. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
    uint32_t since = (uint32_t)(days + DAYS_TO_1970);
    uint32_t era = since / DAYS_OF_ERA, of_era = since % DAYS_OF_ERA;
    uint32_t years =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * years + years / 4 - years / 100);
    uint32_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(years + era * 400 + (*month <= 2)) - YEARS_BEFORE;
}

static PyObject *make_date(const Makers *makers, int64_t days)
{
    int year, month, day;
    if (days < FIRST_DAY || days > LAST_DAY)
        return NULL;
    date_of(days, &year, &month, &day);
    return makers->dates->Date_FromDate(year, month, day, makers->dates->DateType);
}

/* `moment` is in microseconds since 1970-01-01. */
static PyObject *make_datetime(
    const Makers *makers, int64_t moment, PyObject *timezone, int fold)
{
    int year, month, day;
    int64_t days = moment / DAY, rest = moment % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    if (days < FIRST_DAY || days > LAST_DAY)
        return NULL;
    date_of(days, &year, &month, &day);
    uint32_t seconds = (uint32_t)(rest / SECOND), micros = (uint32_t)(rest % SECOND);
    return makers->dates->DateTime_FromDateAndTimeAndFold(
        year, month, day, (int)(seconds / 3600), (int)(seconds / 60 % 60),
        (int)(seconds % 60), (int)micros, timezone, fold, makers->dates->DateTimeType);
}

/* The interval that a moment is in, the last that has begun. */
static const Interval *interval_at(const Column *column, int64_t moment)
{
    const Interval *first = column->intervals;
    for (Py_ssize_t count = column->interval_count; count > 1;) {
        Py_ssize_t half = count / 2;
        first += first[half].start <= moment ? half : 0;
        count -= half;
    }
    return first;
}

static PyObject *make_in_zone(const Makers *makers, const Column *column, int64_t moment)
{
    /* Near the ends of time, UTC may be beyond them where the clocks are not. */
    if (moment < FIRST_DAY * DAY || moment >= (LAST_DAY + 1) * DAY)
        return NULL;
    const Interval *interval = interval_at(column, moment);
    if (interval->fold >= 0)
        return make_datetime(
            makers, moment + interval->offset, column->timezone, (int)interval->fold);
    PyObject *utc = make_datetime(makers, moment, column->timezone, 0);
    if (utc == NULL)
        return NULL;
    PyObject *value = PyObject_CallMethodObjArgs(
        column->timezone, makers->name_fromutc, utc, NULL);
    Py_DECREF(utc);
    return value;
}

/* ---------------------------------------------------------------- binary */

PyObject *load_date(const Makers *makers, const char *data, int length)
{
    return length == 4 ? make_date(makers, (int64_t)(int32_t)read32(data) + DAYS_TO_2000)
                       : NULL;
}

PyObject *load_timestamp(
    const Makers *makers, const Column *column, const char *data, int length)
{
    if (length != 8)
        return NULL;
    int64_t since_2000 = (int64_t)read64(data);
    /* Infinity, and what has no year of four digits. */
    if (since_2000 < (FIRST_DAY - DAYS_TO_2000) * DAY
        || since_2000 >= (LAST_DAY - DAYS_TO_2000 + 1) * DAY)
        return NULL;
    int64_t moment = since_2000 + DAYS_TO_2000 * DAY;
    return column->timezone == NULL ? make_datetime(makers, moment, Py_None, 0)
                                    : make_in_zone(makers, column, moment);
}

/* ---------------------------------------------------------------- text */

/* Read YYYY-MM-DD; return 0 if it is something else. */
static int read_date(const char *data, int length, int *year, int *month, int *day)
{
    static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (length < 10 || data[4] != '-' || data[7] != '-')
        return 0;
    *year = (int)read_digits(data, 4);
    *month = (int)read_digits(data + 5, 2);
    *day = (int)read_digits(data + 8, 2);
    if (*year < 1 || *month < 1 || *month > 12 || *day < 1)
        return 0;
    int is_leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
    return *day <= lengths[*month - 1] + (*month == 2 && is_leap);
}

PyObject *load_date_text(const Makers *makers, const char *data, int length)
{
    int year, month, day;
    if (length != 10 || !read_date(data, length, &year, &month, &day))
        return NULL;
    return makers->dates->Date_FromDate(year, month, day, makers->dates->DateType);
}

/* Read +HH, +HH:MM or +HH:MM:SS up to the end; return 0 if it is something else. */
static int read_offset(const char *data, int length, int64_t *offset)
{
    int64_t seconds = 0, unit = 3600;
    if (length < 3 || (*data != '+' && *data != '-'))
        return 0;
    for (int i = 1; i < length; i += 3, unit /= 60) {
        int64_t part = i + 2 <= length && unit > 0 ? read_digits(data + i, 2) : -1;
        if (part < 0 || (unit < 3600 && part > 59) || (i > 1 && data[i - 1] != ':'))
            return 0;
        seconds += part * unit;
        if (i + 2 < length && i + 3 >= length)
            return 0;
    }
    *offset = (*data == '-' ? -seconds : seconds) * SECOND;
    return 1;
}

/* Read YYYY-MM-DD HH:MM:SS[.ffffff], and an offset if the column has a time zone. */
PyObject *load_timestamp_text(
    const Makers *makers, const Column *column, const char *data, int length)
{
    int year, month, day;
    if (length < 19 || data[10] != ' ' || data[13] != ':' || data[16] != ':'
        || !read_date(data, length, &year, &month, &day))
        return NULL;
    int hours = (int)read_digits(data + 11, 2), minutes = (int)read_digits(data + 14, 2);
    int seconds = (int)read_digits(data + 17, 2), micros = 0;
    int64_t offset = 0;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0
        || seconds > 59)
        return NULL;
    int end = 19;
    if (end < length && data[end] == '.') {
        int digits = 0;
        for (end++; end < length && data[end] >= '0' && data[end] <= '9'; end++) {
            micros = micros * 10 + (data[end] - '0');
            digits++;
            if (digits > 6)
                return NULL;
        }
        if (digits == 0)
            return NULL;
        for (; digits < 6; digits++)
            micros *= 10;
    }
    if (column->timezone == NULL)
        return end != length
            ? NULL
            : makers->dates->DateTime_FromDateAndTimeAndFold(
                year, month, day, hours, minutes, seconds, micros, Py_None, 0,
                makers->dates->DateTimeType);
    if (!read_offset(data + end, length - end, &offset))
        return NULL;
    int64_t moment = days_of(year, month, day) * DAY
        + (hours * 3600 + minutes * 60 + seconds) * SECOND + micros - offset;
    return make_in_zone(makers, column, moment);
}

/* ---------------------------------------------------------------- datetime's C API */

/* Make a date and a time by the declared layout, and compare what they say. */
int check_dates(const DateTimeAPI *dates)
{
    int is_right = 0;
    PyObject *date = dates->Date_FromDate(2001, 2, 3, dates->DateType);
    PyObject *moment = date == NULL ? NULL
                                    : dates->DateTime_FromDateAndTimeAndFold(
                                          2001, 2, 3, 4, 5, 6, 7, dates->TimeZone_UTC, 1,
                                          dates->DateTimeType);
    PyObject *both = moment == NULL ? NULL : PyUnicode_FromFormat("%S %R", date, moment);
    if (both != NULL)
        is_right = PyUnicode_CompareWithASCIIString(
                       both, "2001-02-03 datetime.datetime(2001, 2, 3, 4, 5, 6, 7, fold=1, "
                             "tzinfo=datetime.timezone.utc)")
            == 0;
    if (is_right) {
        const DateTimeFields *fields = (DateTimeFields *)moment;
        is_right = memcmp(((DateTimeFields *)date)->data, "\x07\xd1\2\3", 4) == 0
            && memcmp(fields->data, "\x07\xd1\2\3\4\5\6\0\0\7", 10) == 0
            && fields->has_timezone == 1 && fields->timezone == dates->TimeZone_UTC;
    }
    Py_XDECREF(date);
    Py_XDECREF(moment);
    Py_XDECREF(both);
    if (!is_right && !PyErr_Occurred())
        PyErr_SetString(PyExc_ImportError, "the C API of datetime is another one");
    return is_right ? 0 : -1;
}
