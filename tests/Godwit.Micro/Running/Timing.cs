namespace Godwit.Micro.Running;

/// <summary>What came out for one operation.</summary>
/// <param name="Class">Of the operation, without the word Operations.</param>
/// <param name="Text">What is done.</param>
/// <param name="Parameters">Of this run; may be empty.</param>
/// <param name="MeanNs">Nanoseconds; null: it failed.</param>
/// <param name="ErrorNs">Half of the 99.9 % confidence interval.</param>
/// <param name="AllocatedBytes">For one run, of all threads of the process.</param>
/// <param name="AllocatedBytesMax">What the tests allow.</param>
internal sealed record Timing(string Class, string Text, string Parameters, double? MeanNs, double ErrorNs, long? AllocatedBytes, int AllocatedBytesMax);
