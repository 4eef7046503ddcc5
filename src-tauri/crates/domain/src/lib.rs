//! Pure rules of the till: money, numbers, operators, payment states, schedule, business day.
