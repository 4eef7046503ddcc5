//! The application: everything a cashier can do, drivable without a window.
