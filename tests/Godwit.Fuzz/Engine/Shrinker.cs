namespace Godwit.Fuzz.Engine;

/// <summary>Makes a failing input smaller as long as it fails in the same way.</summary>
internal static class Shrinker
{
    private const int RunsMax = 4000;

    /// <summary>Takes blocks out, large ones first, then sets bytes to zero.</summary>
    /// <returns>The smallest input that was found; it fails with an exception of the same type.</returns>
    public static byte[] Shrink(Fuzzer fuzzer, FuzzFailure failure)
    {
        var input = failure.Input;
        var runs = 0;

        bool FailsToo(byte[] candidate) =>
            runs++ < RunsMax
            && (fuzzer.RunOne(failure.Iteration, candidate) ?? fuzzer.CheckLate(failure.Iteration, candidate))?.Cause.GetType() == failure.Cause.GetType();

        for (var size = input.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= input.Length;)
            {
                byte[] candidate = [.. input.AsSpan(0, at), .. input.AsSpan(at + size)];
                if (FailsToo(candidate))
                {
                    input = candidate;
                }
                else
                {
                    at += size;
                }
            }
        }

        for (var at = 0; at < input.Length; at++)
        {
            byte[] candidate = [.. input];
            candidate[at] = 0;
            if (input[at] != 0 && FailsToo(candidate))
            {
                input = candidate;
            }
        }

        return input;
    }
}
