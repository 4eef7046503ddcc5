// Settings as they would be typed again: what a screen sends back with one thing changed.
import type { SettingsInput } from './bindings/SettingsInput';
import type { Snapshot } from './bindings/Snapshot';

export function inputOf({ settings }: Snapshot): SettingsInput {
  const { shop_name, website_url, callback_url, base_url, language, theme, review_above_xof } = settings;
  const { amount_max_xof, welcome } = settings;
  return {
    shop_name,
    website_url,
    callback_url,
    base_url,
    language,
    theme,
    review_above_xof,
    amount_max_xof,
    papers: { ...settings.papers },
    welcome,
  };
}
