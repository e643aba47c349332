"""Which books are editions of one work."""

from luminalib.domain.editions import person_key, works_of
from luminalib.domain.recommendations import BookProfile, Candidate
from luminalib.domain.shelves import Shelves

TOLD = "The keeper of the lighthouse on the island of Tern lost her brother to the mainland and its prison. "
MORE = "The village had lit the lamp of the lighthouse while Mara was away, and so she found the island again. "


def book(
    book_id: str, title: str, *authors: str, text: str = "", topics: tuple[str, ...] = (), volume: float | None = None
) -> BookProfile:
    return BookProfile(id=book_id, title=title, authors=authors, text=text, topics=topics, volume=volume)


def are_one(one: BookProfile, other: BookProfile) -> bool:
    return len(set(works_of([one, other]).values())) == 1


def test_editions_of_one_work_are_known_by_title_and_author_in_people_s_spelling() -> None:
    first = book("a", "The Tide Clerk", "Ines Harrowgate")
    for title, author in (
        ("the tide clerk", "Harrowgate, Ines"),
        ("Tide Clerk", "I. Harrowgate"),
        ("The Tide Clerk: A Mystery", "Ines Harrowgate"),
        ("The Tide Clerk (Illustrated Edition)", "Inés Harrowgate"),
        ("The Tide Clerk - 2nd revised edition", "Ines M. Harrowgate"),
    ):
        assert are_one(first, book("b", title, author)), (title, author)


def test_other_works_are_no_editions() -> None:
    for one, other in (
        (book("a", "The Tide Clerk", "Ines Harrowgate"), book("b", "The Tide Clerk", "Bela Voss")),
        (book("a", "The Tide Clerk", "Ines Harrowgate"), book("b", "The Tide Clerk's Daughter", "Ines Harrowgate")),
        (book("a", "The Long Year", "A. Lind", volume=1), book("b", "The Long Year", "A. Lind", volume=2)),
        (book("a", "The Long Year: Dawn", "A. Lind"), book("b", "The Long Year: Dusk", "A. Lind")),
        (book("a", "Poems"), book("b", "Poems")),
        (book("a", "One", text=TOLD), book("b", "Two", text=TOLD)),
        (book("a", "", "A. Lind"), book("b", "Salt", "A. Lind")),
    ):
        assert not are_one(one, other), (one.title, other.title)


def test_a_bare_title_joins_a_subtitle_only_when_there_is_one() -> None:
    works = works_of([book(one, title, "A. Lind") for one, title in (("a", "Salt"), ("b", "Salt: Dawn"), ("c", "Salt: Dusk"))])
    assert len(set(works.values())) == 3


def test_editions_are_known_by_their_text_under_other_titles() -> None:
    assert are_one(
        book("a", "Alice", text=TOLD + MORE), book("b", "Alice in Wonderland (Gutenberg)", text="Other words. " + MORE + TOLD)
    )
    topics = ("lamp", "island", "storm", "Mara", "Anton", "clerk")
    assert are_one(book("a", "Tern", topics=topics), book("b", "The Keeper", topics=topics[::-1]))
    assert not are_one(book("a", "Tern", topics=topics), book("b", "The Keeper", topics=(*topics[:-1], "sea")))


def test_volumes_are_works_of_their_own_however_alike_their_texts_are() -> None:
    text = TOLD + MORE
    first, second = book("a", "Tern I", text=text, volume=1), book("b", "Tern II", text=text, volume=2)
    assert not are_one(first, second)
    assert are_one(first, book("b", "The Keeper", text=text)), "one that names no volume may be the same"
    assert are_one(first, book("b", "The Keeper", text=text, volume=1))


def test_books_without_authors_are_one_where_the_title_is_long_enough_to_tell() -> None:
    assert are_one(book("a", "Harbour Salt Bread"), book("b", "Harbour Salt Bread"))
    assert not are_one(book("a", "Harbour Salt"), book("b", "Harbour Salt"))
    assert are_one(book("a", "Harbour: Salt and Bread"), book("b", "Harbour: Salt and Bread"))
    assert not are_one(book("a", "Harbour Salt Bread"), book("b", "Harbour Salt Bread", "A. Lind"))
    works = works_of([book("a", "Poems"), book("b", "Salt", "A. Lind"), book("c", "Salt", "A. Lind")])
    assert works == {"a": "a", "b": "b", "c": "b"}, "those that follow one without an author are looked at"


def test_what_is_one_with_one_is_one_with_all_and_the_first_stands_for_them() -> None:
    shared = TOLD + MORE
    works = works_of(
        [
            book("c", "Salt", "A. Lind", text=shared),
            book("a", "Bread", "B. Voss", text=shared),
            book("b", "Bread", "B. Voss"),
            book("d", "I: The Sea", "C. Orr"),
            book("e", "I", "C. Orr"),
        ]
    )
    assert works == {"c": "c", "a": "c", "b": "c", "d": "d", "e": "d"}


def test_a_list_has_one_edition_of_a_work_and_whoever_had_one_had_all() -> None:
    books = [book("a", "Salt", "A. Lind"), book("b", "Bread", "A. Lind"), book("c", "Salt!", "Lind, A.")]
    shelves = Shelves.of(books)
    assert [one.book_id for one in shelves.one_edition_each(Candidate(book_id=one, score=1.0) for one in "cba")] == ["c", "b"]
    assert shelves.same_works(["a"]) == {"a", "c"}
    assert shelves.same_works(["b", "gone"]) == {"b", "gone"}


def test_names_of_persons_meet_however_they_are_written() -> None:
    assert person_key("Charles Dickens") == person_key("Dickens, Charles") == person_key("C. J. Dickens") == ("dickens", "c")
    assert person_key("Homer") == ("homer", "")
    assert person_key("夏目漱石") == person_key("夏目漱石")
    assert person_key("") == ("", "")
