using FsCheck;
using FsCheck.Fluent;

namespace Godwit.Protocol.Tests.Topics;

/// <summary>Generated Topic Names and Topic Filters out of few levels, so that many of them match.</summary>
internal static class TopicGen
{
    private static readonly Gen<string> NameLevel = Gen.Elements("", "a", "b", "ab", "$x", "温");

    private static readonly Gen<string> FilterLevel = Gen.Frequency((3, NameLevel), (2, Gen.Constant("+")));

    public static readonly Gen<string> Topic = Levels(NameLevel).Where(topic => topic.Length > 0);

    public static readonly Gen<string> Filter = Gen.OneOf(Levels(FilterLevel), Levels(FilterLevel).Select(filter => filter + "/#"), Gen.Constant("#"))
        .Where(filter => filter.Length > 0);

    /// <summary>Valid and invalid filters.</summary>
    public static readonly Gen<string> AnyText =
        from first in Gen.Elements("", "", "$share/", "$share", "$share/g/")
        from rest in Gen.Elements("/", "/", "a", "+", "#", "+", "$").ArrayOf()
        select first + string.Concat(rest);

    private static Gen<string> Levels(Gen<string> level) =>
        from count in Gen.Choose(1, 5)
        from levels in level.ArrayOf(count)
        select string.Join('/', levels);
}
