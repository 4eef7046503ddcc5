//! The first minutes of a till, word for word.

use super::same_words;
use crate::views::WelcomeView;
use till::Welcome;

same_words!(Welcome => WelcomeView { Fresh, Left, Done });
same_words!(WelcomeView => Welcome { Fresh, Left, Done });
