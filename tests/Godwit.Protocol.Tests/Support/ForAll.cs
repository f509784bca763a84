using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Godwit.Protocol.Tests.Support;

/// <summary>Runs a check with many generated values. The seed is fixed: a failure is the same every time.</summary>
internal static class ForAll
{
    private static readonly Replay Seed = new(new Rnd(20_260_105, 1_000_003), FSharpOption<int>.None);

    /// <summary>Calls <paramref name="check"/>, which throws when something is wrong, <paramref name="count"/> times.</summary>
    public static void Check<T>(Gen<T> values, Action<T> check, int count = 1_000) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(50).WithQuietOnSuccess(true).WithReplay(FSharpOption<Replay>.Some(Seed)),
            Prop.ForAll(values.ToArbitrary(), check));
}
