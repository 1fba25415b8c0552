import { useState, type SyntheticEvent } from "react";
import { useLocation, useSearchParams } from "wouter";
import { paths } from "../routing/paths";
import { Icon } from "./Icon";

/** The API's own bound. */
const MAXIMUM_LENGTH = 100;

export function SearchForm() {
  const [path, navigate] = useLocation();
  const [query] = useSearchParams();
  const searched = path === "/search" ? (query.get("q") ?? "") : "";
  return (
    <Form
      key={searched}
      initial={searched}
      onSearch={(words) => {
        navigate(paths.search(words));
      }}
    />
  );
}

interface Properties {
  readonly initial: string;
  readonly onSearch: (words: string) => void;
}

function Form({ initial, onSearch }: Properties) {
  const [words, setWords] = useState(initial);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (words.trim() !== "") onSearch(words.trim());
  };
  return (
    <form role="search" className="search-form" onSubmit={submit}>
      <label htmlFor="search" className="visually-hidden">
        Search the shop
      </label>
      <input
        id="search"
        type="search"
        enterKeyHint="search"
        autoComplete="off"
        placeholder="Search for anything"
        maxLength={MAXIMUM_LENGTH}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
        }}
      />
      <button type="submit" aria-label="Search">
        <Icon name="search" />
      </button>
    </form>
  );
}
