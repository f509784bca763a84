namespace Godwit.Storage.Tests.Index;

/// <summary>Tests that measure the whole process.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
