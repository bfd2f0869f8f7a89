namespace PySign.Sigstore.Tuf;

/// <summary>
/// Shell-style patterns over target names (specification 4.5, PATHPATTERN): <c>*</c>, <c>?</c> and <c>[…]</c>, none of which
/// crosses a folder's separator, upper and lower case differing. Matching takes time in proportion to both lengths multiplied;
/// no pattern can make it run away.
/// </summary>
internal static class PathPattern
{
    public static bool Matches(string pattern, string target)
    {
        var patterns = pattern.Split('/');
        var segments = target.Split('/');
        return patterns.Length == segments.Length && patterns.Zip(segments).All(static pair => MatchesSegment(pair.First, pair.Second));
    }

    private static bool MatchesSegment(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0,
            t = 0,
            star = -1,
            starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern[p..], text[t], out var length))
            {
                p += length;
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                p = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = 1;
        if (pattern[0] == '?')
        {
            return true;
        }

        // A set must hold something, so a ']' right after its opening is a member; without an end, '[' is itself.
        var start = pattern.Length > 1 && pattern[1] == '!' ? 2 : 1;
        var end = pattern[0] == '[' && start + 1 < pattern.Length ? pattern[(start + 1)..].IndexOf(']') : -1;
        if (end < 0)
        {
            return pattern[0] == c;
        }

        var set = pattern.Slice(start, end + 1);
        length = start + set.Length + 1;
        var found = false;
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                found |= set[i] <= c && c <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= set[i] == c;
            }
        }

        return found != (start == 2);
    }
}
